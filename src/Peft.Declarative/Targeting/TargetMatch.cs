namespace Peft.Declarative.Targeting;

/// <summary>What the targets name, before exclusion.</summary>
/// <param name="Named">Layers that the targets name.</param>
/// <param name="InChosenBlocks">Those of them that stand in the chosen blocks; all of them if no blocks are chosen.</param>
internal sealed record TargetMatch(IReadOnlyList<TargetLayer> Named, IReadOnlyList<TargetLayer> InChosenBlocks);
