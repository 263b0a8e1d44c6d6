namespace Peft.Declarative.Methods.Lora;

/// <summary>The layer of GPT-2 that computes query, key and value at once. AdapterHub adapts its projections separately.</summary>
internal static class FusedLayer
{
    /// <summary>The name of the layer.</summary>
    internal const string Name = "c_attn";

    /// <summary>The number of its projections.</summary>
    internal const int Projections = 3;
}
