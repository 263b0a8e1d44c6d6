namespace Peft.Declarative.Text.PostProcessors;

/// <summary>Token ids that belong together and the number of the sequence they count for (0 or 1, as BERT's segments).</summary>
internal readonly record struct TypedTokens(IReadOnlyList<int> Ids, int TypeId);
