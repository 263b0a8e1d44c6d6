namespace Peft.Declarative.Generators.Parse;

/// <summary>What an expression such as <c>Linear(768, 128, hasBias: false)</c> says about a layer; sizes are empty where they are not constant.</summary>
internal sealed record LayerSizes(LayerKind Kind, string Output, string Input, string Bias)
{
    /// <summary>A layer of which nothing is known. It is taken for linear, which attaching checks.</summary>
    internal static LayerSizes Unknown { get; } = new(LayerKind.Linear, "", "", "");
}
