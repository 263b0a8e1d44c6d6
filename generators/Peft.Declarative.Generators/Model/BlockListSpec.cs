namespace Peft.Declarative.Generators.Model;

/// <summary>A list of equal blocks in a model.</summary>
/// <param name="Path">Its path, such as <c>model.layers</c>; lists above it appear as <c>*</c>.</param>
/// <param name="CountField">Config field with the number of blocks; empty if no field tells it.</param>
internal sealed record BlockListSpec(string Path, string CountField);
