/** Devices on harbour Wi-Fi: registration, upgrades, and the live link. */
export { createDatabaseDesk, type DatabaseDesk, type DeskDeps } from './desk/create-desk.ts'
export type { DownloadProgress } from './desk/download-log.ts'
export type { AnswerDeps, DeviceRateLimits } from './http/answer-device.ts'
export type { DeviceDesk, DeviceName, OpenJob } from './http/desk.ts'
export { createDeviceHttp, type DeviceHttp } from './http/device-http.ts'
