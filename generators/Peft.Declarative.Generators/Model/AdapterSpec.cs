namespace Peft.Declarative.Generators.Model;

/// <summary>One declared adapter, as far as all methods agree.</summary>
internal abstract record AdapterSpec
{
    /// <summary>Name of the method, which is its attribute's.</summary>
    internal abstract string Method { get; }

    /// <summary>Name of the adapter.</summary>
    public required string Name { get; init; }

    /// <summary>The attribute.</summary>
    public required Place Place { get; init; }

    /// <summary>The attribute as it is written, for headers.</summary>
    public required string Written { get; init; }

    /// <summary>Names of the adapters that this one is made of, which rest while it is active.</summary>
    internal virtual IReadOnlyList<string> Members => [];

    /// <summary>What the adapter claims, for the table of combinations.</summary>
    internal virtual IReadOnlyList<string> Traits => [Method];
}
