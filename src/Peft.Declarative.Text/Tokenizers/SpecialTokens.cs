using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative;

/// <summary>The tokens with a role, by their text; null where the files name none.</summary>
/// <param name="Bos">Begins a sequence, such as <c>&lt;s&gt;</c>.</param>
/// <param name="Eos">Ends a sequence, such as <c>&lt;/s&gt;</c>.</param>
/// <param name="Pad">Fills up shorter rows of a batch.</param>
/// <param name="Unknown">Stands for what the vocabulary cannot express.</param>
public sealed record SpecialTokens(string? Bos, string? Eos, string? Pad, string? Unknown);
