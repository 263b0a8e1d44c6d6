using Peft.Declarative.Generators.Model;
using Peft.Declarative.Methods.Lora;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Low-rank updates behind gates, as hybrids have them.</summary>
internal static class GatedUpdate
{
    // Query and value, each with factors and a gate of its own.
    private const int AdaptedInFused = 2;

    /// <summary>Trained values of one layer: factors, and a gate that looks at the layer's input.</summary>
    internal static long Trained(PlannedLayer layer, int rank) => layer.Layer.Name == FusedLayer.Name
        ? AdaptedInFused * One(rank, layer.Input, layer.Output / FusedLayer.Projections)
        : One(rank, layer.Input, layer.Output);

    private static long One(int rank, long input, long output) => (rank * (input + output)) + input + 1;
}
