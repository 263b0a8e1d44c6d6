namespace Peft.Declarative.Generators.Model;

/// <summary>What is written for a class. Compared by value, like everything it is made of; equal plans give equal files.</summary>
/// <param name="Declaration">What the user declared.</param>
/// <param name="Adapters">The adapters, in the order they are declared.</param>
/// <param name="BaseParameters">Parameters of the base; null if not known.</param>
/// <param name="Problems">Errors and warnings, those of parsing first.</param>
internal sealed record ModelPlan(
    ModelDeclaration Declaration,
    EquatableArray<AdapterPlan> Adapters,
    long? BaseParameters,
    EquatableArray<Problem> Problems)
{
    /// <summary>What [Quantize] comes to; null without it.</summary>
    public QuantizePlan? Quantize { get; init; }

    /// <summary>Trained parameters of all adapters; null if one is not known.</summary>
    internal long? Trainable => Adapters.Aggregate((long?)0, (sum, adapter) => sum + adapter.Trainable);
}
