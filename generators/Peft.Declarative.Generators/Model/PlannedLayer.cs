using System.Globalization;

namespace Peft.Declarative.Generators.Model;

/// <summary>A layer of the tree that gets an adapter, in all blocks or some, with what holds for it there.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Blocks">The blocks; empty for all.</param>
/// <param name="Count">How many layers of the model that is; 0 if not known.</param>
/// <param name="Occurrences">How many layers of this name the model has; 0 if not known.</param>
/// <param name="Output">Output features; 0 if not known.</param>
/// <param name="Input">Input features; 0 if not known, or for a vector.</param>
/// <param name="HasBias">Whether the layer has a bias.</param>
internal sealed record PlannedLayer(
    TreeLayer Layer, EquatableArray<int> Blocks, int Count, int Occurrences, long Output, long Input, bool HasBias)
{
    /// <summary>What the method says of this layer alone; null if it treats all alike, and for layers trained in full.</summary>
    public LayerSetting? Setting { get; init; }

    /// <summary>Name of the class that is generated for it; empty if it needs none.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>Parameters of all these layers in full; null if not known.</summary>
    internal long? Parameters =>
        this is { Output: > 0, Count: > 0 } ? Count * ((Output * Math.Max(Input, 1)) + (HasBias ? Output : 0)) : null;

    /// <summary>Whether the shape is known; a norm has a length only.</summary>
    internal bool IsSized => Output > 0 && (Input > 0 || Layer.Kind == LayerKind.Norm);

    internal bool InBlocks => Layer.Path.Contains('*');
}

/// <summary>What a method says of a layer that it does not say of all: a rank, a side. Layers with equal settings share a class.</summary>
internal abstract record LayerSetting
{
    /// <summary>A piece of a class name that tells this setting from others of the same layer, such as <c>Rank4</c>.</summary>
    /// <param name="all">All settings of the layer, this one among them.</param>
    internal abstract string Difference(IReadOnlyList<LayerSetting> all);
}

/// <summary>What holds at a place after a sublayer.</summary>
/// <param name="Size">Width of the bottleneck; 0 if not known.</param>
/// <param name="Reduction">By how much the width is divided.</param>
internal sealed record SublayerSetting(int Size, double Reduction) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all) =>
        all.OfType<SublayerSetting>().Select(setting => setting.Reduction).Distinct().Count() > 1
            ? "Reduction" + Reduction.ToString(CultureInfo.InvariantCulture).Replace('.', '_')
            : "";

    /// <summary>The setting of a place.</summary>
    internal static SublayerSetting Of(PlannedLayer place) => (SublayerSetting)place.Setting!;
}
