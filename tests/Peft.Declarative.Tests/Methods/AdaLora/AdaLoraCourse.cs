using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Methods.AdaLora;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = Peft.Declarative.Training.Optimizers.AdamW;

namespace Peft.Declarative.Tests.Methods.AdaLora;

/// <summary>
/// A whole course of the budget as the reference library recorded it: values at the start, what is left after each pruning, which ranks stay, the
/// file with the others cut out, and what a model does that reads it.
/// </summary>
internal static class AdaLoraCourse
{
    // These cases have no tolerances of their own. Twelve steps at a rate of 0.01 move each weight by about 0.1.
    private const double Tolerance = 2e-5;

    internal static void Check(FixtureCase fixture, PretrainedModel model, Adapter adapter)
    {
        Dictionary<string, Parameter> parameters = adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value);
        Assert.Equal(parameters.Keys.Order(), fixture.Below("init.").Select(entry => KeyOf(fixture, entry.Name)).Order());
        using (no_grad())
        {
            foreach ((string name, Tensor value) in fixture.Below("init."))
            {
                parameters[KeyOf(fixture, name)].copy_(value);
            }
        }

        Train(fixture, model, adapter, parameters);
        foreach ((string name, Tensor value) in fixture.Below("final."))
        {
            Close.To(value, parameters[KeyOf(fixture, name)], Tolerance, $"{name} at the end");
        }

        CheckFile(fixture, adapter);
        CheckReading(fixture, model);
    }

    private static void Train(FixtureCase fixture, PretrainedModel model, Adapter adapter, Dictionary<string, Parameter> parameters)
    {
        FixtureModel kind = FixtureModel.Of(model);
        int steps = fixture.Json["budgets"]!.AsArray().Count;
        double rate = fixture.Json["lr"]!.GetValue<double>();
        using var optimizer = new AdamW([.. parameters.Select(entry => (entry.Key, entry.Value))]);
        using var budget = new AdaLoraBudget(adapter, steps);
        var losses = new double[steps];
        var norms = new double[steps];
        model.train();
        for (int step = 0; step < steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            int batch = step % 2;
            Tensor loss = kind.Loss(
                adapter, fixture[$"train.input_ids.{batch}"], fixture[$"train.attention_mask.{batch}"], fixture[$"train.labels.{batch}"]);
            loss.backward();
            losses[step] = loss.item<float>();
            norms[step] = GradientClipping.ClipNorm([.. parameters.Values.Select(value => value.grad!)], 1.0).item<float>();
            optimizer.Step(rate);
            budget.Allocate(step);
            foreach ((string name, Tensor value) in fixture.Below($"step{step}."))
            {
                Close.To(value, parameters[KeyOf(fixture, name)], Tolerance, $"{name} after step {step}");
            }

            Assert.Equal(NonZero(fixture, step), parameters.Where(entry => entry.Key.EndsWith(".lora_E", StringComparison.Ordinal))
                .ToDictionary(entry => entry.Key, entry => entry.Value.count_nonzero().item<long>()));
            foreach (Parameter parameter in parameters.Values)
            {
                parameter.grad = null;
            }
        }

        model.eval();
        Close.To(fixture["losses"], tensor(losses), Tolerance, "losses");
        Close.To(ones(steps), tensor(norms) / fixture["grad_norms"], 1e-4, "gradient norms, as a ratio");
    }

    private static Dictionary<string, long> NonZero(FixtureCase fixture, int step) => fixture.Json["nonzero_E"]![step]!.AsObject()
        .ToDictionary(entry => KeyOf(fixture, entry.Key), entry => entry.Value!.GetValue<long>());

    private static void CheckFile(FixtureCase fixture, Adapter adapter)
    {
        string folder = Directory.CreateTempSubdirectory("peft-course-").FullName;
        try
        {
            adapter.Save(folder);
            using AdapterFiles saved = AdapterDirectory.Read(folder);
            using AdapterFiles original = AdapterDirectory.Read(fixture.AdapterFolder);

            Assert.Equal(original.Tensors.Keys.Order(StringComparer.Ordinal), saved.Tensors.Keys.Order(StringComparer.Ordinal));
            foreach ((string key, Tensor value) in original.Tensors)
            {
                Close.To(value, saved.Tensors[key], Tolerance, key);
            }

            foreach (string field in (string[])["rank_pattern", "total_step", "tinit", "tfinal", "init_r", "target_r"])
            {
                Assert.True(JsonNode.DeepEquals(original.Config[field], saved.Config[field]), $"{field}: {saved.Config[field]}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Into the adapter that was trained, which has all its ranks, and beside it.
    private static void CheckReading(FixtureCase fixture, PretrainedModel model)
    {
        FixtureModel kind = FixtureModel.Of(model);
        foreach (string name in (string[])["default", "other"])
        {
            Adapter read = model.Adapters.Load(fixture.AdapterFolder, name);
            Tensor mask = fixture["train.attention_mask.0"];
            Tensor logits = kind.Logits(fixture["train.input_ids.0"], mask, fixture["train.labels.0"]);
            Close.To(kind.Compared(fixture["logits"], mask), kind.Compared(logits, mask), Tolerance, "logits");

            model.Merge();
            foreach ((string weight, Tensor expected) in fixture.Below("merged."))
            {
                if (FixtureCase.MergedName(weight) is { } merged && merged.EndsWith(".weight", StringComparison.Ordinal))
                {
                    Close.To(expected, SlotTree.Layers(model).First(place => $"{place.Path}.weight" == merged).Base!.weight, Tolerance, $"merged {weight}");
                }
            }

            model.Unmerge();
            Assert.Equal(fixture.Json["rank_pattern"]!.AsObject().Count, ((AdaLoraConfig)read.Config).RankPattern!.Count);
        }
    }

    // These cases have no table of names either. A module trained in full has its own name in the file.
    private static string KeyOf(FixtureCase fixture, string parameter) => fixture.KeyOf(parameter).Replace(".modules_to_save", "", StringComparison.Ordinal);
}
