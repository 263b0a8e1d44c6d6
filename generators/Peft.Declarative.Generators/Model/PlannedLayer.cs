using System.Globalization;

namespace Peft.Declarative.Generators.Model;

/// <summary>A layer of the tree that gets an adapter, in all blocks or some, with its settings.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Blocks">The blocks; empty for all.</param>
/// <param name="Count">The number of such layers in the model; 0 if not known.</param>
/// <param name="Occurrences">The number of layers with this name in the model; 0 if not known.</param>
/// <param name="Output">The number of output features; 0 if not known.</param>
/// <param name="Input">The number of input features; 0 if not known, or for a vector.</param>
/// <param name="HasBias">Whether the layer has a bias.</param>
internal sealed record PlannedLayer(
    TreeLayer Layer, EquatableArray<int> Blocks, int Count, int Occurrences, long Output, long Input, bool HasBias)
{
    /// <summary>The method's settings for this layer; <see langword="null"/> if they are the same for all, and for layers trained in full.</summary>
    public LayerSetting? Setting { get; init; }

    /// <summary>The name of the generated class; empty if there is none.</summary>
    public string ClassName { get; init; } = "";

    /// <summary>The number of parameters of all these layers; <see langword="null"/> if not known.</summary>
    internal long? Parameters =>
        this is { Output: > 0, Count: > 0 } ? Count * ((Output * Math.Max(Input, 1)) + (HasBias ? Output : 0)) : null;

    /// <summary>Whether the shape is known. A norm has only one size.</summary>
    internal bool IsSized => Output > 0 && (Input > 0 || Layer.Kind == LayerKind.Norm);

    internal bool InBlocks => Layer.Path.Contains('*');
}

/// <summary>The settings of a method for one layer, such as a rank or a side. Layers with equal settings share a class.</summary>
internal abstract record LayerSetting
{
    /// <summary>Gets the part of a class name that distinguishes this setting from others of the same layer, such as <c>Rank4</c>.</summary>
    /// <param name="all">All settings of the layer, including this one.</param>
    internal abstract string Difference(IReadOnlyList<LayerSetting> all);
}

/// <summary>The settings of a sublayer slot.</summary>
/// <param name="Size">The width of the bottleneck; 0 if not known.</param>
/// <param name="Reduction">The divisor of the width.</param>
internal sealed record SublayerSetting(int Size, double Reduction) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all) =>
        all.OfType<SublayerSetting>().Select(setting => setting.Reduction).Distinct().Count() > 1
            ? "Reduction" + Reduction.ToString(CultureInfo.InvariantCulture).Replace('.', '_')
            : "";

    /// <summary>Gets the settings of a sublayer slot.</summary>
    internal static SublayerSetting Of(PlannedLayer slot) => (SublayerSetting)slot.Setting!;
}
