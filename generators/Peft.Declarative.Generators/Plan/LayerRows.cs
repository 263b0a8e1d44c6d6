using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Plan;

/// <summary>A name that a declaration may use, with what an editor shows beside it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Detail">Shape and number of the layers of that name, as far as they are known.</param>
internal sealed record LayerRow(string Name, string Detail);

/// <summary>Lists the names that the attributes of a class may use: those of its layers, and of the places behind its sublayers.</summary>
internal static class LayerRows
{
    /// <summary>The layers, in the order of the model, each name once.</summary>
    internal static IReadOnlyList<LayerRow> Layers(INamedTypeSymbol type, Compilation compilation, IReadOnlyList<ConfigFile> configs, string folder, CancellationToken cancellation)
    {
        if (DeclarationParser.Parse(type, compilation, cancellation) is not { } declaration) return [];

        ConfigFile? config = ConfigFinder.Find(declaration, configs, folder).Config;
        var expansion = new LayerExpansion(declaration.Tree, new ConfigSizes(config, declaration.Tree.ConfigDefaults), []);
        return expansion.Layers
            .GroupBy(layer => layer.Layer.Name, StringComparer.Ordinal)
            .Select(same => new LayerRow(same.Key, Detail(same.ToList(), expansion.IsExact)))
            .ToList();
    }

    /// <summary>The places behind sublayers, by the names that bottlenecks use.</summary>
    internal static IReadOnlyList<LayerRow> Sublayers(INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation) =>
        (DeclarationParser.Parse(type, compilation, cancellation)?.Tree.SublayerSlots ?? default)
        .Select(slot => slot.Sublayer)
        .Distinct()
        .Select(name => new LayerRow(name, ""))
        .ToList();

    private static string Detail(List<ExpandedLayer> layers, bool isExact)
    {
        List<string> shapes = layers.Where(layer => layer.Layer is { Output: > 0 }).Select(Shape).Distinct().ToList();
        string shape = shapes.Count switch { 0 => "", 1 => shapes[0], _ => string.Join(", ", shapes.Take(2)) };
        string count = !isExact || layers.Count == 1 ? "" : $"{layers.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)} layers";
        return string.Join(" · ", new[] { shape, count }.Where(part => part.Length > 0));
    }

    private static string Shape(ExpandedLayer layer) => FormattableString.Invariant(layer.Layer.Input > 0 ? $"{layer.Layer.Input}→{layer.Layer.Output}" : (FormattableString)$"{layer.Layer.Output}");
}
