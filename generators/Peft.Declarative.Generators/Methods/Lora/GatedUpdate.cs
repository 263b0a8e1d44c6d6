using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>Low-rank updates behind gates, as hybrids have them.</summary>
internal static class GatedUpdate
{
    // GPT-2 makes query, key and value in one layer; query and value are adapted there, with factors and gates of their own.
    private const string Fused = "c_attn";
    private const int Projections = 3;
    private const int Adapted = 2;

    /// <summary>Trained values of one layer: factors, and a gate that looks at the layer's input.</summary>
    internal static long Trained(PlannedLayer layer, int rank) => layer.Layer.Name == Fused
        ? Adapted * One(rank, layer.Input, layer.Output / Projections)
        : One(rank, layer.Input, layer.Output);

    private static long One(int rank, long input, long output) => (rank * (input + output)) + input + 1;
}
