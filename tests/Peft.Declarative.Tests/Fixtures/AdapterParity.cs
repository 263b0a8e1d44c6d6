using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Methods;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Compares an adapter on a model with everything that the reference library recorded for it, on whatever path it got there.</summary>
internal static class AdapterParity
{
    /// <summary>Loads a case's adapter, in the end with the network that made it, if one did.</summary>
    internal static Adapter Load(FixtureCase fixture, PretrainedModel model)
    {
        Adapter adapter = model.LoadAdapter(fixture.AdapterFolder);
        if (fixture.Network is not { Count: > 0 } network)
        {
            return adapter;
        }

        // The reference library's files alone: the same results, and the tensor itself is trained.
        model.eval();
        CheckLogits(fixture, FixtureModel.Of(model, fixture));
        CheckSaving(fixture, adapter, fixture.AdapterFolder);
        Assert.Contains(adapter.Tensors, tensor => tensor.Key == "prompt_embeddings");

        string folder = Directory.CreateTempSubdirectory("peft-parity-").FullName;
        try
        {
            using AdapterFiles files = AdapterDirectory.Read(fixture.AdapterFolder);
            AdapterDirectory.Write(folder, files.Config, files.Tensors, network);
            return model.LoadAdapter(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static void Check(FixtureCase fixture, PretrainedModel model, Adapter adapter)
    {
        Dictionary<string, Parameter> parameters = adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value);
        SetUnsaved(fixture, parameters);

        model.eval();
        FixtureModel kind = FixtureModel.Of(model, fixture);
        CheckForward(fixture, kind, adapter, parameters);
        CheckSaving(fixture, adapter, fixture.AdapterFolder);
        GenerationCheck.Run(fixture, kind);
        if (fixture.IsAdapterHub)
        {
            CheckAdapterHubMerging(fixture, model, adapter, kind);
        }
        else
        {
            CheckMerging(fixture, model);
        }

        if (DrawnTraining.Has(fixture))
        {
            DrawnTraining.Check(fixture, model, adapter, parameters);
        }
        else
        {
            TrainingCheck.Run(fixture, model, adapter, parameters);
        }
    }

    // Trained parameters that the reference library does not save start at the value that it recorded.
    private static void SetUnsaved(FixtureCase fixture, Dictionary<string, Parameter> parameters)
    {
        using IDisposable untracked = no_grad();
        foreach ((string name, Tensor value) in fixture.Below("param."))
        {
            parameters[fixture.KeyOf(name)].copy_(value);
        }
    }

    internal static void CheckForward(FixtureCase fixture, FixtureModel kind, Adapter adapter, Dictionary<string, Parameter> parameters)
    {
        CheckLogits(fixture, kind);
        Tensor loss = kind.Loss(adapter, fixture["input_ids"], fixture["attention_mask"], fixture["labels"]);
        Close.To(fixture["loss"].squeeze(), loss, fixture.Tolerance("loss"), "loss");
        if (DrawnTraining.Has(fixture))
        {
            return;
        }

        loss.backward();
        foreach ((string name, Tensor gradient) in fixture.Below("grad."))
        {
            Close.To(gradient, parameters[fixture.KeyOf(name)].grad!, fixture.Tolerance("grad"), $"gradient of {name}");
        }

        foreach (Parameter parameter in parameters.Values)
        {
            parameter.grad = null;
        }
    }

    private static void CheckLogits(FixtureCase fixture, FixtureModel kind)
    {
        Tensor mask = fixture["attention_mask"];
        Tensor logits = kind.Logits(fixture["input_ids"], mask, fixture["labels"]);
        Close.To(kind.Compared(fixture["logits"], mask), kind.Compared(logits, mask), fixture.Tolerance("logits"), "logits");
    }

    internal static void CheckSaving(FixtureCase fixture, Adapter adapter, string source)
    {
        string folder = Directory.CreateTempSubdirectory("peft-parity-").FullName;
        try
        {
            adapter.Save(folder);
            using var saved = AdapterDirectory.Read(folder);
            using var original = AdapterDirectory.Read(source);

            // The reference library forgets these when it saves; here they are kept, since a reload would lose what was learnt.
            HashSet<string> made = [.. adapter.Reparameterized.Where(tensor => tensor.IsMade).Select(tensor => tensor.Key)];
            IEnumerable<string> forgotten = fixture.IsAdapterHub
                ? adapter.Tensors.Where(tensor => tensor.Optional && fixture.Has($"param.{tensor.Key}")).Select(tensor => tensor.Key)
                : fixture.Texts("trainable_not_saved").Select(fixture.KeyOf)
                    .Where(key => adapter.Reparameterized.All(tensor => tensor.IsMade) || !fixture.Network.ContainsKey(key));
            Assert.Equal(
                original.Tensors.Keys.Concat(forgotten).Order(StringComparer.Ordinal),
                saved.Tensors.Keys.Concat(saved.Training.Keys).Order(StringComparer.Ordinal));
            foreach ((string key, Tensor value) in original.Tensors)
            {
                if (made.Contains(key))
                {
                    Close.To(value, saved.Tensors[key], 1e-5, key);   // made again by its network
                }
                else
                {
                    Close.Bits(value, saved.Tensors[key], key);
                }
            }

            Assert.True(JsonNode.DeepEquals(original.Config, saved.Config), $"config: expected {original.Config}, got {saved.Config}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // AdapterHub's cases record no merged weights: what can merge gives the same outputs, anything else says that it cannot.
    private static void CheckAdapterHubMerging(FixtureCase fixture, PretrainedModel model, Adapter adapter, FixtureModel kind)
    {
        if (!MethodCatalog.Of(adapter.Config).Facts.Merges)
        {
            Assert.Equal("PEFT306", Assert.Throws<PeftException>(model.Merge).Id);
            return;
        }

        model.Merge();
        Tensor mask = fixture["attention_mask"];
        Tensor merged = kind.Compared(kind.Logits(fixture["input_ids"], mask, fixture["labels"]), mask);
        Close.To(kind.Compared(fixture["logits"], mask), merged, fixture.Tolerance("logits"), "logits while merged");
        model.Unmerge();
    }

    private static void CheckMerging(FixtureCase fixture, PretrainedModel model)
    {
        if (!fixture.Below("merged.").Any())
        {
            Assert.Equal("PEFT306", Assert.Throws<PeftException>(model.Merge).Id);
            return;
        }

        Dictionary<string, Tensor> before = Weights(model);
        Dictionary<string, Tensor> untouched;
        using (model.Adapters.Disabled())
        {
            untouched = Weights(model);
        }

        model.Merge();
        Dictionary<string, Tensor> merged = Weights(model);
        foreach ((string name, Tensor expected) in fixture.Below("merged."))
        {
            if (FixtureCase.MergedName(name) is { } weight)
            {
                Close.To(expected, merged[weight], fixture.Tolerance("merged"), $"merged {name}");
            }
        }

        IEnumerable<string> changed = merged.Where(entry => !merged[entry.Key].equal(untouched[entry.Key]).all().item<bool>()).Select(entry => entry.Key);
        Assert.Equal(fixture.Texts("merged_changed_names").Select(FixtureCase.MergedName).OfType<string>().Order(StringComparer.Ordinal), changed.Order(StringComparer.Ordinal));

        model.Unmerge();
        foreach ((string name, Tensor weight) in Weights(model))
        {
            Close.Bits(before[name], weight, $"unmerged {name}");
        }
    }

    /// <summary>Copies of all weights of the base under their checkpoint names.</summary>
    private static Dictionary<string, Tensor> Weights(PretrainedModel model)
    {
        Dictionary<string, Tensor> weights = [];
        foreach (LayerSlot place in SlotTree.Layers(model))
        {
            weights[$"{place.Path}.weight"] = place.Base!.weight.detach().clone();
            if (place.Base.bias is { } bias)
            {
                weights[$"{place.Path}.bias"] = bias.detach().clone();
            }
        }

        return weights;
    }
}
