import { useMutation, useQueryClient } from '@tanstack/react-query'

/** A change requested by a user; afterwards the named lists are reloaded, whatever the outcome. */
export function useDeed<Input, Answer>(deed: (input: Input) => Promise<Answer>, ...lists: readonly string[]) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: deed,
    onSettled: () => Promise.all(lists.map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  })
}
