using System.Text.Json.Nodes;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = Peft.Declarative.Training.Optimizers.AdamW;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>The eight training steps of a case: losses before each step, gradient norms before clipping, final values.</summary>
internal static class TrainingCheck
{
    internal static void Run(FixtureCase fixture, PretrainedModel model, Adapter adapter, IReadOnlyDictionary<string, Parameter> parameters) =>
        Run(fixture, model, adapter, parameters, static (_, _, recorded) => recorded);

    /// <param name="fixture">The case.</param>
    /// <param name="model">The model, adapted.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="parameters">What is trained, by name.</param>
    /// <param name="part">What is trained of a recorded parameter.</param>
    internal static void Run(
        FixtureCase fixture, PretrainedModel model, Adapter adapter, IReadOnlyDictionary<string, Parameter> parameters,
        Func<FixtureCase, string, Tensor, Tensor> part)
    {
        if (!fixture.Has("train.losses"))
        {
            return;
        }

        (Tensor losses, Tensor norms) = Steps(fixture, model, adapter, parameters);
        Close.To(fixture["train.losses"], losses, fixture.Tolerance("train.losses"), "training losses");
        Close.To(ones(norms.size(0)), norms / fixture["train.grad_norms"], 1e-4, "gradient norms, as a ratio");
        CheckFinal(fixture, parameters, part);
    }

    /// <summary>Runs the recorded steps. Returns the loss before each, and the norm of its gradients before clipping.</summary>
    internal static (Tensor Losses, Tensor Norms) Steps(
        FixtureCase fixture, PretrainedModel model, Adapter adapter, IReadOnlyDictionary<string, Parameter> parameters)
    {
        JsonNode settings = fixture.Json["train"]!;
        double[] rates = fixture.LearningRates();
        using var optimizer = new AdamW([.. parameters.Select(entry => (entry.Key, entry.Value))], settings["weight_decay"]!.GetValue<double>());
        FixtureModel kind = FixtureModel.Of(model, fixture);
        var losses = new double[rates.Length];
        var norms = new double[rates.Length];
        model.train();
        for (int step = 0; step < rates.Length; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            int batch = step % settings["batches"]!.GetValue<int>();
            Tensor loss = kind.Loss(
                adapter, fixture[$"train.input_ids.{batch}"], fixture[$"train.attention_mask.{batch}"], fixture[$"train.labels.{batch}"]);
            loss.backward();
            losses[step] = loss.item<float>();
            norms[step] = GradientClipping.ClipNorm([.. parameters.Values.Select(value => value.grad!)], settings["grad_clip"]!.GetValue<double>()).item<float>();
            optimizer.Step(rates[step]);
            foreach (Parameter parameter in parameters.Values)
            {
                parameter.grad = null;
            }
        }

        return (tensor(losses), tensor(norms));
    }

    private static void CheckFinal(
        FixtureCase fixture, IReadOnlyDictionary<string, Parameter> parameters, Func<FixtureCase, string, Tensor, Tensor> part)
    {
        // Where the true gradient is zero, AdamW turns rounding noise into steps.
        IReadOnlyList<string> noise = fixture.NoiseDominated;
        foreach ((string name, Tensor expected) in fixture.Below("train.final."))
        {
            if (!noise.Contains(name) && part(fixture, name, expected) is { } trained && trained.numel() > 0)
            {
                Close.To(trained, parameters[fixture.KeyOf(name)], fixture.Tolerance("train.final"), $"{name} after training");
            }
        }
    }
}
