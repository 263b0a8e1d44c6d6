namespace Peft.Declarative.Generators.Model;

/// <summary>What a method says of a layer that it does not say of all: a rank, a side. Layers with equal settings share a class.</summary>
internal abstract record LayerSetting
{
    /// <summary>A piece of a class name that tells this setting from others of the same layer, such as <c>Rank4</c>.</summary>
    /// <param name="all">All settings of the layer, this one among them.</param>
    internal abstract string Difference(IReadOnlyList<LayerSetting> all);
}
