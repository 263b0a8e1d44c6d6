namespace Peft.Declarative.Methods.Lora;

/// <summary>The layer whose projections AdapterHub adapts apart: GPT-2's, which makes query, key and value at once.</summary>
internal static class FusedLayer
{
    /// <summary>Name of the layer.</summary>
    internal const string Name = "c_attn";

    /// <summary>Projections that it makes.</summary>
    internal const int Projections = 3;
}
