using Peft.Declarative.Generators.Model;
using Peft.Declarative.Methods.Lora;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Low-rank updates with gates, as in hybrids.</summary>
internal static class GatedUpdate
{
    // Query and value, each with its own factors and gate.
    private const int AdaptedInFused = 2;

    /// <summary>Counts the trained values of one layer: factors, and a gate that reads the layer's input.</summary>
    internal static long Trained(PlannedLayer layer, int rank) => layer.Layer.Name == FusedLayer.Name
        ? AdaptedInFused * One(rank, layer.Input, layer.Output / FusedLayer.Projections)
        : One(rank, layer.Input, layer.Output);

    private static long One(int rank, long input, long output) => (rank * (input + output)) + input + 1;
}
