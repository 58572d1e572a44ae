import { useMutation, useQueryClient } from '@tanstack/react-query'

/** A change that a person asks for; the lists of these names are read again afterwards, whatever came of it. */
export function useDeed<Input, Answer>(deed: (input: Input) => Promise<Answer>, ...lists: readonly string[]) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: deed,
    onSettled: () => Promise.all(lists.map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  })
}
