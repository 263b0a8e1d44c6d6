using Peft.Declarative.Text.Errors;

namespace Peft.Declarative;

/// <summary>What came of loading a folder of adapters.</summary>
/// <param name="Adapters">The adapters that were loaded, by name.</param>
/// <param name="Failed">The directories of the others, with what is wrong with each.</param>
public sealed record LoadedAdapters(IReadOnlyList<Adapter> Adapters, IReadOnlyList<(string Directory, PeftException Error)> Failed);
