using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>
/// Names the classes of adapted layers: by the layer alone if that is unique (<c>QProj</c>), with its module if two layers have the same name
/// (<c>AttnCProj</c> and <c>MlpCProj</c>), and with the method's settings if they differ between blocks.
/// </summary>
internal static class ClassNames
{
    internal static List<PlannedLayer> Give(List<PlannedLayer> layers)
    {
        var named = new List<PlannedLayer>();
        foreach (var sameName in layers.GroupBy(layer => layer.Layer.Name, StringComparer.Ordinal))
        {
            bool qualified = sameName.Select(layer => layer.Layer.Path).Distinct().Count() > 1;
            named.AddRange(sameName.Select(layer => layer with { ClassName = Prefix(layer, qualified) + Setting(layer, sameName) }));
        }

        return MakeUnique(layers.Select(layer => named.First(other => other with { ClassName = "" } == layer)).ToList());
    }

    private static string Prefix(PlannedLayer layer, bool qualified)
    {
        string[] parts = layer.Layer.Path.Split('.').Where(part => part != "*").ToArray();
        return string.Concat(parts.Skip(Math.Max(0, parts.Length - (qualified ? 2 : 1))).Select(Identifiers.Pascal));
    }

    private static string Setting(PlannedLayer layer, IEnumerable<PlannedLayer> sameName)
    {
        List<LayerSetting> sameLayer = sameName.Where(other => other.Layer == layer.Layer).Select(other => other.Setting).OfType<LayerSetting>().ToList();
        return sameLayer.Count > 1 ? layer.Setting!.Difference(sameLayer) : "";
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
