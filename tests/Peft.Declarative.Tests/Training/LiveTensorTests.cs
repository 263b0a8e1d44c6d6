using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using AdamW = Peft.Declarative.Training.Optimizers.AdamW;

namespace Peft.Declarative.Tests.Training;

/// <summary>Native memory is not garbage-collected in time, so a step must free all that it makes.</summary>
public sealed class LiveTensorTests
{
    [Theory]
    [InlineData("llama", false)]
    [InlineData("llama", true)]
    [InlineData("llama in 4 bits", false)]
    [InlineData("llama in 4 bits", true)]
    [InlineData("gpt2", false)]
    [InlineData("gpt2", true)]
    [InlineData("gpt2 in 4 bits", true)]
    public void Training_Over300Steps_KeepsTheNumberOfLiveTensors(string family, bool checkpointing)
    {
        using var model = (CausalLanguageModel)TinyFamilies.Make(family);
        AttachLora(model);
        model.GradientCheckpointing = checkpointing;
        model.train();
        Parameter[] parameters = [.. model.Adapters.Trainable.Select(tensor => tensor.Value)];
        using var optimizer = new AdamW([.. model.Adapters.Trainable.Select(tensor => (tensor.Key, tensor.Value))]);
        using Tensor ids = TinyModels.Ids();

        long before = 0;
        for (int step = 0; step < 300; step++)
        {
            using (NewDisposeScope())
            {
                model.SumLoss(new MicroBatch(ids, ids)).backward();
                GradientClipping.ClipNorm([.. parameters.Select(value => value.grad!)], 1.0);
                optimizer.Step(1e-3);
                foreach (Parameter parameter in parameters)
                {
                    parameter.grad = null;
                }
            }

            if (step == 5)
            {
                before = LiveTensors.CountAfterCollection();
            }
        }

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void Generation_OverManySteps_KeepsTheNumberOfLiveTensors()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        model.eval();
        using Tensor ids = TinyModels.Ids();
        long before = 0;
        for (int round = 0; round < 20; round++)
        {
            using (NewDisposeScope())
            using (no_grad())
            using (var cache = new KeyValueCache(model.Config.LayerCount))
            {
                for (int place = 0; place < 5; place++)
                {
                    model.Logits(new ModelInput(ids.narrow(1, place, 1)) { Cache = cache, LastOnly = true });
                }
            }

            if (round == 2)
            {
                before = LiveTensors.CountAfterCollection();
            }
        }

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    private static void AttachLora(CausalLanguageModel model)
    {
        var adapter = new Adapter("default", new LoraConfig { Rank = 4, Dropout = 0.1 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
    }
}
