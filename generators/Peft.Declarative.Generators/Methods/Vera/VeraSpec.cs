using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Vera;

/// <summary>Declared vectors between shared projections.</summary>
internal sealed record VeraSpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public required int Rank { get; init; }

    public double Dropout { get; init; }

    public required double Start { get; init; }

    public int Seed { get; init; }

    public required bool SaveProjections { get; init; }
}
