/** Devices on harbour Wi-Fi: registration, upgrades, and the live link. */
export type { AnswerDeps, DeviceRateLimits } from './http/answer-device.ts'
export type { DeviceDesk, DeviceName, OpenJob } from './http/desk.ts'
export { createDeviceHttp, type DeviceHttp } from './http/device-http.ts'
export type { HarbourLog } from './http/log.ts'
