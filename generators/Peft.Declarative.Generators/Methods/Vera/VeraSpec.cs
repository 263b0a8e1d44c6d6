using Peft.Declarative.Generators.Model;
using Peft.Declarative.Methods.Vera;

namespace Peft.Declarative.Generators.Methods.Vera;

/// <summary>Declared vectors between shared projections.</summary>
internal sealed record VeraSpec : LayerAdapterSpec
{
    internal override string Method => "Vera";

    public required int Rank { get; init; }

    public double Dropout { get; init; }

    public double Start { get; init; } = VeraFacts.Start;

    public int Seed { get; init; }

    public bool SaveProjections { get; init; } = true;
}
