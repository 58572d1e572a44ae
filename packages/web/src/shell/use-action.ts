import { useMutation, useQueryClient } from '@tanstack/react-query'

/** A change requested by a user; afterwards the named lists are reloaded, whatever the outcome. */
export function useAction<Input, Answer>(action: (input: Input) => Promise<Answer>, ...lists: readonly string[]) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: action,
    onSettled: () => Promise.all(lists.map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  })
}
