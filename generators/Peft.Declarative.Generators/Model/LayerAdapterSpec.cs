using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Model;

/// <summary>A declared adapter that sits on layers, with its selectors. Lists are null where the declaration is silent.</summary>
internal abstract record LayerAdapterSpec(AdapterIdentity Identity) : AdapterSpec(Identity)
{
    public EquatableArray<string>? Targets { get; init; }

    public string? TargetPattern { get; init; }

    public EquatableArray<string>? Exclude { get; init; }

    public string? ExcludePattern { get; init; }

    public EquatableArray<int>? Layers { get; init; }

    public EquatableArray<string>? LayersPattern { get; init; }

    public EquatableArray<string>? ModulesToSave { get; init; }

    /// <summary>Biases of the base that are trained along; none for methods that do not offer it.</summary>
    public BiasTraining Bias { get; init; }

    /// <summary>For attributes on members: the place of each target.</summary>
    public EquatableArray<SourcePlace> TargetPlaces { get; init; }

    internal override IReadOnlyList<string> Traits => Bias == BiasTraining.None ? [Method] : [Method, Combinations.TrainsBaseBiases];

    /// <summary>Further names of layers in which a block may be named by its number.</summary>
    internal virtual IEnumerable<string> Mentions => [];

    /// <summary>The selectors as the selection takes them.</summary>
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

    /// <summary>The attribute on the member that a layer stands for; null for an adapter on a class.</summary>
    internal SourcePlace? MemberOf(string path)
    {
        int member = TargetPlaces.Count > 0 ? Targets!.Value.ToList().IndexOf(path) : -1;
        return member < 0 ? null : TargetPlaces[member];
    }

    /// <summary>The place of an argument of this adapter, or of the member that the target stands for.</summary>
    internal SourcePlace At(string argument, int element) =>
        argument == nameof(Targets) && TargetPlaces.Count > 0 ? TargetPlaces[Math.Max(element, 0)] : Place.At(argument, element);
}
