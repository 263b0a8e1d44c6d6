using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Poly;

/// <summary>Declared skills that tasks share.</summary>
internal sealed record PolySpec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    public required int Rank { get; init; }

    public required int Tasks { get; init; }

    public required int Skills { get; init; }

    public required int Splits { get; init; }

    public PolyInit Init { get; init; }
}
