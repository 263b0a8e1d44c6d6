using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>
/// Names the classes of adapted layers: by the layer alone where that is enough (<c>QProj</c>), with its module where two layers share a name
/// (<c>AttnCProj</c> and <c>MlpCProj</c>), and with what the method says of it where one layer is treated in several ways.
/// </summary>
internal static class ClassNames
{
    internal static List<PlannedLayer> Give(List<PlannedLayer> layers)
    {
        var named = new List<PlannedLayer>();
        foreach (var sameName in layers.GroupBy(layer => layer.Layer.Name, StringComparer.Ordinal))
        {
            bool severalPlaces = sameName.Select(layer => layer.Layer.Path).Distinct().Count() > 1;
            named.AddRange(sameName.Select(layer => layer with { ClassName = Place(layer, severalPlaces) + Setting(layer, sameName) }));
        }

        return MakeUnique(layers.Select(layer => named.First(other => other with { ClassName = "" } == layer)).ToList());
    }

    private static string Place(PlannedLayer layer, bool severalPlaces)
    {
        string[] parts = layer.Layer.Path.Split('.').Where(part => part != "*").ToArray();
        return string.Concat(parts.Skip(Math.Max(0, parts.Length - (severalPlaces ? 2 : 1))).Select(Identifiers.Pascal));
    }

    private static string Setting(PlannedLayer layer, IEnumerable<PlannedLayer> sameName)
    {
        List<LayerSetting> samePlace = sameName.Where(other => other.Layer == layer.Layer).Select(other => other.Setting).OfType<LayerSetting>().ToList();
        return samePlace.Count > 1 ? layer.Setting!.Difference(samePlace) : "";
    }

    private static List<PlannedLayer> MakeUnique(List<PlannedLayer> layers)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < layers.Count; i++)
        {
            string name = layers[i].ClassName;
            for (int number = 2; !taken.Add(name); number++) name = layers[i].ClassName + Literal.Of(number);
            layers[i] = layers[i] with { ClassName = name };
        }

        return layers;
    }
}
