using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Plan;

/// <summary>One layer of one block: what the selection sees, and where in the types it comes from.</summary>
/// <param name="Layer">The layer with its full path.</param>
/// <param name="Source">Its entry in the tree.</param>
/// <param name="Blocks">Index in each list on its path, outermost first.</param>
internal sealed record ExpandedLayer(TargetLayer Layer, TreeLayer Source, IReadOnlyList<int> Blocks);
