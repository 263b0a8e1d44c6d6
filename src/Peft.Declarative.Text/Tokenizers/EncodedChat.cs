using Peft.Declarative.Text.Tokenizers;

namespace Peft.Declarative;

/// <summary>A conversation as token ids.</summary>
/// <param name="Ids">The ids, special tokens included.</param>
/// <param name="IsGenerated">
/// For each id, whether the assistant wrote it, so that a training's loss counts it. Same length as <paramref name="Ids"/>.
/// </param>
public sealed record EncodedChat(IReadOnlyList<int> Ids, IReadOnlyList<bool> IsGenerated);
