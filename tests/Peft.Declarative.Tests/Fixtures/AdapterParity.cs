using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Layers;
using Peft.Declarative.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Compares an adapter on a model with everything that the reference library recorded for it, on whatever path it got there.</summary>
internal static class AdapterParity
{
    internal static void Check(FixtureCase fixture, PretrainedModel model, Adapter adapter)
    {
        Dictionary<string, Parameter> parameters = adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value);
        SetUnsaved(fixture, parameters);

        model.eval();
        FixtureModel kind = FixtureModel.Of(model);
        CheckForward(fixture, kind, adapter, parameters);
        CheckSaving(fixture, adapter);
        GenerationCheck.Run(fixture, kind);
        CheckMerging(fixture, model);
        TrainingCheck.Run(fixture, model, adapter, parameters);
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

    private static void CheckForward(FixtureCase fixture, FixtureModel kind, Adapter adapter, Dictionary<string, Parameter> parameters)
    {
        Tensor ids = fixture["input_ids"];
        Tensor mask = fixture["attention_mask"];
        Tensor labels = fixture["labels"];
        Close.To(kind.Compared(fixture["logits"], mask), kind.Compared(kind.Logits(ids, mask, labels), mask), fixture.Tolerance("logits"), "logits");

        Tensor loss = kind.Loss(adapter, ids, mask, labels);
        Close.To(fixture["loss"].squeeze(), loss, fixture.Tolerance("loss"), "loss");

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

    private static void CheckSaving(FixtureCase fixture, Adapter adapter)
    {
        string folder = Directory.CreateTempSubdirectory("peft-parity-").FullName;
        try
        {
            adapter.Save(folder);
            using var saved = AdapterDirectory.Read(folder);
            using var original = AdapterDirectory.Read(fixture.AdapterFolder);

            // The reference library forgets these when it saves; here they are kept, since a reload would lose what was learnt.
            IEnumerable<string> forgotten = fixture.Texts("trainable_not_saved").Select(fixture.KeyOf);
            Assert.Equal(original.Tensors.Keys.Concat(forgotten).Order(StringComparer.Ordinal), saved.Tensors.Keys.Order(StringComparer.Ordinal));
            foreach ((string key, Tensor value) in original.Tensors)
            {
                Close.Bits(value, saved.Tensors[key], key);
            }

            Assert.True(JsonNode.DeepEquals(original.Config, saved.Config), $"config: expected {original.Config}, got {saved.Config}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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
        foreach (PlacedLayer place in SlotTree.Layers(model))
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
