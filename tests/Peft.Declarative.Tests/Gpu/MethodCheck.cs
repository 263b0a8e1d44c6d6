using Peft.Declarative.Adapters;
using Peft.Declarative.Tests.Methods;
using Peft.Declarative.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = Peft.Declarative.Training.Optimizers.AdamW;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>Every method trains on the device: its parameters and gradients stay there, the loss is finite, and no step leaves a tensor.</summary>
internal static class MethodCheck
{
    private const int WarmUp = 4;

    internal static string Run(DeviceCheckOptions options)
    {
        List<string> problems = [];
        MethodSample[] samples = [.. MethodSamples.All.Where((_, i) => !options.IsRehearsal || i % 6 == 0)];
        foreach (MethodSample sample in samples)
        {
            string family = sample.Families.Contains("llama") ? "llama" : sample.Families[0];
            try
            {
                Train(sample, family, options);
            }
            catch (Exception error)
            {
                problems.Add($"{sample.Name} on {family}: {error.Message}");
            }
        }

        return problems.Count == 0
            ? $"{samples.Length} methods, {options.MethodSteps} steps each"
            : throw new InvalidOperationException($"{problems.Count} of {samples.Length} methods fail.\n  {string.Join("\n  ", problems)}");
    }

    private static void Train(MethodSample sample, string family, DeviceCheckOptions options)
    {
        using DisposeScope outer = NewDisposeScope();
        using PretrainedModel model = TinyFamilies.Make(family);
        model.to(options.Device);
        Invariants.AttachMembers(model, sample.Name);
        Adapter adapter = Invariants.Attach(model, sample.WithDropout, "default");
        model.train();
        Parameter[] parameters = [.. adapter.Tensors.Select(tensor => tensor.Value)];
        using var optimizer = new AdamW([.. adapter.Tensors.Select(tensor => (tensor.Key, tensor.Value))]);
        Tensor ids = TinyModels.Ids().to(options.Device);
        Tensor last = zeros([], device: options.Device);
        long before = 0;
        for (int step = 0; step < options.MethodSteps; step++)
        {
            using (NewDisposeScope())
            {
                Tensor loss = TinyFamilies.Outputs(model, ids).square().mean();
                loss.backward();
                GradientClipping.ClipNorm(parameters, 1.0);
                optimizer.Step(1e-3);
                using (no_grad())
                {
                    last.copy_(loss);
                }

                Assert.All(parameters, parameter => Assert.Equal(options.Device.type, parameter.grad?.device_type ?? parameter.device_type));
                foreach (Parameter parameter in parameters)
                {
                    parameter.grad = null;
                }
            }

            if (step == WarmUp)
            {
                before = LiveTensors.OfThisThread;
            }
        }

        Assert.True(LiveTensors.OfThisThread <= before, $"{LiveTensors.OfThisThread - before} tensors more than after step {WarmUp + 1}");
        Assert.True(float.IsFinite(last.item<float>()), "the loss is not finite");
    }
}
