using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative;

/// <summary>A tokenized text, or pair of texts, as models with segments want it.</summary>
/// <param name="Ids">Token ids, special tokens included.</param>
/// <param name="TypeIds">For each id 0 or 1: which text it counts for (BERT's segments). Same length as <paramref name="Ids"/>.</param>
public sealed record TokenizedText(IReadOnlyList<int> Ids, IReadOnlyList<int> TypeIds);
