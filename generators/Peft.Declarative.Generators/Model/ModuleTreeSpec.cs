namespace Peft.Declarative.Generators.Model;

/// <summary>The layers of a model as its types tell them.</summary>
/// <param name="Layers">Layers in the order of the model.</param>
/// <param name="Lists">Lists of blocks, outer ones first.</param>
/// <param name="DefaultTargets">What the family adapts when nothing is named.</param>
internal sealed record ModuleTreeSpec(
    EquatableArray<TreeLayer> Layers,
    EquatableArray<BlockListSpec> Lists,
    EquatableArray<string> DefaultTargets);
