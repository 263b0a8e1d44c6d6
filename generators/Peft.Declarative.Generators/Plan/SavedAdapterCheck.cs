using System.Globalization;
using System.Text.RegularExpressions;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Plan;

/// <summary>Compares a saved adapter with the declared one that it is for: method, numbers, layers, and the tensors if their header is known.</summary>
internal sealed class SavedAdapterCheck
{
    private readonly ModelPlan _plan;
    private readonly AdapterPlan _adapter;
    private readonly SavedAdapter _saved;
    private readonly List<string> _differences = [];

    // How the names of the method's tensors begin, such as ".lora_".
    private readonly List<string> _prefixes;

    private SavedAdapterCheck(ModelPlan plan, AdapterPlan adapter, SavedAdapter saved)
    {
        (_plan, _adapter, _saved) = (plan, adapter, saved);
        _prefixes = adapter.Adapted
            .SelectMany(layer => adapter.Spec.Kind.SavedTensors(adapter.Spec, layer))
            .Select(tensor => "." + tensor.End.Substring(0, tensor.End.IndexOf('_') + 1))
            .Distinct()
            .ToList();
    }

    /// <summary>Gets the problems of the saved adapters that are for a class. A class with an error has no adapters to compare.</summary>
    internal static IEnumerable<Problem> Run(ModelPlan plan, IReadOnlyList<SavedAdapter> saved)
    {
        if (plan.Failure is not null) yield break;

        foreach (SavedAdapter one in saved.Where(one => Same(one.ForClass, plan.Declaration.Name)))
        {
            AdapterPlan? adapter = plan.Adapters.FirstOrDefault(adapter => Same(one.For, $"{plan.Declaration.Name}.{adapter.Handle}"))
                ?? (one.For == one.ForClass ? plan.Adapters.FirstOrDefault(adapter => adapter.Spec.Name == "default") ?? plan.Adapters.FirstOrDefault() : null);
            if (adapter is null && one.IsNamed && plan.Adapters.Count > 0)
            {
                string none = RuleTexts.SavedAdapterOfNoProperty(one.Folder, one.For, plan.Declaration.Name, plan.Adapters.Select(declared => declared.Handle));
                yield return new Problem(RuleIds.AdapterDoesNotFit, none, SourcePlace.ClassName);
            }

            if (adapter is null || adapter.Spec.Kind.Facts.PeftType.Length == 0) continue;

            List<string> differences = new SavedAdapterCheck(plan, adapter, one).Differences();
            if (differences.Count == 0) continue;

            string text = RuleTexts.SavedAdapterDiffers(one.Folder, one.Config["base_model_name_or_path"], adapter.Spec.Method, plan.Declaration.Name, differences);
            yield return new Problem(RuleIds.AdapterDoesNotFit, text, adapter.Spec.Place);
        }
    }

    /// <summary>Gets the texts about saved adapters whose class the project names and does not have.</summary>
    internal static IEnumerable<(SavedAdapter Saved, string Text)> WithoutClass(IReadOnlyList<SavedAdapter> saved, Func<string, bool> hasClass) => saved
        .Where(one => one.IsNamed && !hasClass(one.ForClass))
        .Select(one => (one, RuleTexts.SavedAdapterOfNoClass(one.Folder, one.ForClass)));

    internal static bool Same(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);

    private List<string> Differences()
    {
        string method = _adapter.Spec.Kind.Facts.PeftType;
        if (_saved.Config.Failure.Length > 0) return [$"its adapter_config.json cannot be read, because {_saved.Config.Failure}"];
        if (_saved.PeftType != method) return [$"its method is {_saved.PeftType ?? "not named"}, not {method}"];

        foreach ((string field, string value) in _adapter.Spec.Kind.SavedFields(_adapter.Spec))
        {
            if (_saved.Config[field] is { } other and not "null" && !SameValue(other, value)) _differences.Add($"{field} is {other}, not {value}");
        }

        IReadOnlyDictionary<string, long[]> tensors = _saved.Tensors();
        CompareTargets(areCompared: tensors.Count == 0);
        if (tensors.Count > 0) CompareTensors(tensors);
        return _differences;
    }

    private static bool SameValue(string one, string other) => one == other
        || (double.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out double first) && double.TryParse(other, NumberStyles.Float, CultureInfo.InvariantCulture, out double second) && first == second);

    private void CompareTargets(bool areCompared)
    {
        IReadOnlyList<string> targets = _saved.Targets;
        if (targets.Count == 0 || _adapter.Adapted.Count == 0) return;

        foreach (string target in targets)
        {
            string path = Starred(target);
            if (!_plan.Declaration.Tree.Layers.Any(layer => LayerPath.EndsWith(layer.Path, path))) _differences.Add($"it adapts '{target}', which '{_plan.Declaration.Name}' does not have");
            else if (areCompared && !_adapter.Adapted.Any(layer => LayerPath.EndsWith(layer.Layer.Path, path))) _differences.Add($"it adapts '{target}', which the class does not adapt");
        }

        if (!areCompared) return;
        IEnumerable<string> missing = _adapter.Adapted.Where(layer => !targets.Any(target => LayerPath.EndsWith(layer.Layer.Path, Starred(target)))).Select(layer => layer.Layer.Name);
        _differences.AddRange(missing.Distinct().Select(name => $"it does not adapt '{name}'"));
    }

    private void CompareTensors(IReadOnlyDictionary<string, long[]> tensors)
    {
        var seen = new Dictionary<PlannedLayer, HashSet<string>>();
        var strange = new HashSet<string>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, long[]> tensor in tensors)
        {
            (PlannedLayer Layer, string End, long[] Shape, string Path)? expected = Expected(tensor.Key);
            if (expected is not { } known)
            {
                if (_adapter.Adapted.Any(layer => _adapter.Spec.Kind.SavedTensors(_adapter.Spec, layer).Any(one => IsOf(tensor.Key, one.End)))) strange.Add(Starred(LayerOf(tensor.Key)));
                continue;
            }

            if (!seen.TryGetValue(known.Layer, out HashSet<string>? paths)) seen[known.Layer] = paths = new HashSet<string>(StringComparer.Ordinal);
            paths.Add(known.Path);
            bool fits = tensor.Value.Length == known.Shape.Length && known.Shape.Zip(tensor.Value, (wanted, found) => wanted == 0 || wanted == found).All(same => same);
            if (fits) continue;

            string difference = $"{known.End} of '{known.Layer.Layer.Name}' is {Shape(tensor.Value)}, not {Shape(known.Shape)}";
            if (!_differences.Contains(difference)) _differences.Add(difference);
        }

        _differences.AddRange(strange.Select(path => $"it adapts '{path}', which the class does not adapt"));
        foreach (PlannedLayer layer in _adapter.Adapted.Where(layer => _adapter.Spec.Kind.SavedTensors(_adapter.Spec, layer).Any()))
        {
            int found = seen.TryGetValue(layer, out HashSet<string>? paths) ? paths.Count : 0;
            if (found == 0) _differences.Add($"it does not adapt '{layer.Layer.Name}'");
            else if (layer.Count > 0 && found != layer.Count) _differences.Add($"it adapts '{layer.Layer.Name}' in {found} of {layer.Count} places");
        }
    }

    private (PlannedLayer Layer, string End, long[] Shape, string Path)? Expected(string tensor)
    {
        string path = LayerOf(tensor), starred = Starred(path);
        foreach (PlannedLayer layer in _adapter.Adapted.Where(layer => layer.Layer.Path == starred))
        {
            if (layer.Blocks.Count > 0 && !layer.Blocks.Any(block => path.Contains($".{block.ToString(CultureInfo.InvariantCulture)}."))) continue;
            foreach ((string end, long[] shape) in _adapter.Spec.Kind.SavedTensors(_adapter.Spec, layer))
            {
                if (IsOf(tensor, end)) return (layer, end, shape, path);
            }
        }

        return null;
    }

    private static bool IsOf(string tensor, string end) => LayerPath.EndsWith(tensor, end) || LayerPath.EndsWith(tensor, end + ".weight");

    /// <summary>The layer of <c>base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight</c>: what is before the method's own names.</summary>
    private string LayerOf(string tensor)
    {
        const string Model = "base_model.model.";
        string path = tensor.StartsWith(Model, StringComparison.Ordinal) ? tensor.Substring(Model.Length) : tensor;
        int end = _prefixes.Select(prefix => path.IndexOf(prefix, StringComparison.Ordinal)).FirstOrDefault(found => found >= 0);
        return end <= 0 ? path : path.Substring(0, end);
    }

    private static string Starred(string path) => Regex.Replace(path, @"(?<=^|\.)[0-9]+(?=\.|$)", "*");

    private static string Shape(long[] sizes) => $"[{string.Join(", ", sizes.Select(size => size == 0 ? "…" : size.ToString(CultureInfo.InvariantCulture)))}]";
}
