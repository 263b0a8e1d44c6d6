using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Model;

/// <summary>A declared adapter on layers, with its selectors. Lists that are not set are <see langword="null"/>.</summary>
internal abstract record LayerAdapterSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    public EquatableArray<string>? Targets { get; init; }

    public string? TargetPattern { get; init; }

    public EquatableArray<string>? Exclude { get; init; }

    public string? ExcludePattern { get; init; }

    public EquatableArray<int>? Layers { get; init; }

    public EquatableArray<string>? LayersPattern { get; init; }

    public EquatableArray<string>? ModulesToSave { get; init; }

    /// <summary>The biases of the base that are trained; none for methods that do not support it.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>For attributes on members: the source location of each target.</summary>
    public EquatableArray<SourcePlace> TargetPlaces { get; init; }

    internal override IReadOnlyList<string> Traits => Bias == BiasTraining.None ? [Method] : [Method, Combinations.TrainsBaseBiases];

    /// <summary>Other names of layers that can contain the index of a block.</summary>
    internal virtual IEnumerable<string> Mentions => [];

    /// <summary>Gets the selectors as a query.</summary>
    internal virtual TargetQuery Query(ModuleTreeSpec tree) => new()
    {
        Targets = Targets,
        TargetPattern = TargetPattern,
        Exclude = Exclude,
        ExcludePattern = ExcludePattern,
        Layers = Layers,
        LayersPattern = LayersPattern,
        ModulesToSave = tree.TrainedHead.Length == 0 || ModulesToSave?.Contains(tree.TrainedHead) == true ? ModulesToSave : [.. ModulesToSave ?? default, tree.TrainedHead],
        DefaultTargets = tree.DefaultsOf(Kind.Facts.DefaultTargets),
    };

    /// <summary>Gets the attribute on the member of a layer; <see langword="null"/> for an adapter on a class.</summary>
    internal SourcePlace? MemberOf(string path)
    {
        int member = TargetPlaces.Count > 0 ? Targets!.Value.ToList().IndexOf(path) : -1;
        return member < 0 ? null : TargetPlaces[member];
    }

    /// <summary>Gets the source location of an argument of this adapter, or of the member of a target.</summary>
    internal SourcePlace At(string argument, int element) =>
        argument == nameof(Targets) && TargetPlaces.Count > 0 ? TargetPlaces[Math.Max(element, 0)] : Place.At(argument, element);
}
