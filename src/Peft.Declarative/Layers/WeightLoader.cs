using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Errors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>Fills a model's layers from a checkpoint, strictly: every tensor has a place and every place a tensor.</summary>
internal static class WeightLoader
{
    // Buffers that older files carry and that are computed here.
    private static readonly string[] Computed = ["rotary_emb.inv_freq", "attn.bias", "attn.masked_bias"];

    internal static void Fill(IEnumerable<PlacedLayer> layers, ModelDirectory files, string directory, Device device)
    {
        List<string> problems = [];
        HashSet<string> unused = [.. files.Names];
        List<Action> assignments = [];
        foreach (PlacedLayer place in layers)
        {
            if (place.Base is not { } layer)
            {
                continue;
            }

            if (!layer.OwnsWeight)
            {
                unused.Remove($"{place.Path}.weight");   // a tied head that the file stores all the same
            }
            else if (Find(files, unused, place.Path, nameof(WeightLayer.weight), layer.weight, problems) is { } weight)
            {
                assignments.Add(() => layer.weight = Load(files, weight, device));
            }

            if (layer.bias is { } expected && Find(files, unused, place.Path, nameof(WeightLayer.bias), expected, problems) is { } bias)
            {
                assignments.Add(() => layer.bias = Load(files, bias, device));
            }
        }

        unused.RemoveWhere(name => Computed.Any(computed => name.EndsWith(computed, StringComparison.Ordinal)));
        problems.AddRange(unused.Order(StringComparer.Ordinal).Select(name => $"'{name}' has no place in the model"));
        if (problems.Count > 0)
        {
            throw new PeftException(RuleIds.WeightsDoNotFit,
                $"The weights in '{directory}' do not fit its config.json: {Listing.Of(problems)}. Use the files of one checkpoint.");
        }

        assignments.ForEach(assign => assign());
    }

    // Files of bare models lack the first part of the name: 'wte.weight' for 'transformer.wte.weight'.
    private static string? Find(ModelDirectory files, HashSet<string> unused, string path, string leaf, Tensor expected, List<string> problems)
    {
        string full = $"{path}.{leaf}";
        string name = files.Contains(full) ? full : full[(full.IndexOf('.', StringComparison.Ordinal) + 1)..];
        if (!files.Contains(name))
        {
            problems.Add($"'{full}' is missing");
            return null;
        }

        unused.Remove(name);
        IReadOnlyList<long> shape = files.Entry(name).Shape;
        if (!shape.SequenceEqual(expected.shape))
        {
            problems.Add($"'{name}' is [{string.Join(", ", shape)}], but should be [{string.Join(", ", expected.shape)}]");
            return null;
        }

        return name;
    }

    private static Parameter Load(ModelDirectory files, string name, Device device)
    {
        using IDisposable untracked = no_grad();
        Tensor view = files.Read(name);
        Tensor placed = device.type == DeviceType.CPU ? view : view.to(device);
        if (!ReferenceEquals(placed, view))
        {
            view.Dispose();
        }

        var parameter = new Parameter(placed, requires_grad: false);
        return (Parameter)parameter.DetachFromDisposeScope();
    }
}
