using System.Collections.Concurrent;
using Peft.Declarative.Adapters;
using Peft.Declarative.Generation;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Adapters;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Hardening.Threads;

/// <summary>
/// Rounds of changes to a model beside a thread that computes with it. A round ends with right results or with a PeftException; libtorch would end the
/// process if memory were freed while it computes.
/// </summary>
internal static class ThreadRounds
{
    private static readonly (string Name, Action<LlamaForCausalLM> Do)[] Changes =
    [
        ("merge", model => model.Merge()),
        ("unmerge", model => model.Unmerge()),
        ("remove", model => model.Adapters.Remove("b")),
        ("attach", model => model.Adapters.Attach(new Adapter("c", new LoraConfig { Rank = 2, Targets = ["q_proj"] }))),
        ("activate", model => model.Adapters.Activate("b")),
        ("disable", model => model.Adapters.Disabled().Dispose()),
        ("quantize", model => model.Quantize(new QuantizationSettings { BlockSize = 64 })),
        ("dequantize", model => model.Dequantize()),
        ("precision", model => model.Use(Precision.BFloat16)),
        ("move", model => model.to(ScalarType.Float64)),
        ("turn", model => model.BeginTurn("b").Dispose()),
        ("dispose", model => model.Dispose()),
    ];

    private static readonly (string Name, Action<LlamaForCausalLM> Do)[] Computations =
    [
        ("generate", model => Generate(model)),
        ("forward", model => Forward(model)),
        ("loss", model => Loss(model)),
        ("train", model => Train(model)),
    ];

    /// <summary>Runs rounds over all pairs of a change and a computation, and gives what went wrong.</summary>
    internal static IReadOnlyList<string> Run(int rounds)
    {
        ConcurrentBag<string> failures = [];
        for (int round = 0; round < rounds; round++)
        {
            (string Name, Action<LlamaForCausalLM> Do) change = Changes[round % Changes.Length];
            (string Name, Action<LlamaForCausalLM> Do) computation = Computations[round / Changes.Length % Computations.Length];
            LlamaForCausalLM model = Personas.On(LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { LayerCount = 1, HiddenSize = 16, IntermediateSize = 16, HeadSize = 4, HeadCount = 4, Rotary = new([1, 0.1]) }), "b", "a");
            using var start = new Barrier(2);
            var beside = new Thread(() =>
            {
                start.SignalAndWait();
                Attempt(computation, model, failures);
            });
            beside.Start();
            start.SignalAndWait();
            Thread.SpinWait(round * 37 % 20_000);
            Attempt(change, model, failures);
            beside.Join();
            model.Dispose();
        }

        return [.. failures];
    }

    private static void Attempt((string Name, Action<LlamaForCausalLM> Do) operation, LlamaForCausalLM model, ConcurrentBag<string> failures)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            operation.Do(model);
        }
        catch (PeftException)
        {
            // a refusal in words
        }
        catch (Exception error)
        {
            failures.Add($"{operation.Name}: {error}");
        }
    }

    private static void Generate(LlamaForCausalLM model) =>
        new TextGenerator(model).Generate(TinyModels.Ids(), options: new GenerationOptions { MaxNewTokens = 4 });

    private static void Forward(LlamaForCausalLM model)
    {
        for (int i = 0; i < 3; i++)
        {
            model.forward(TinyModels.Ids());
        }
    }

    private static void Loss(LlamaForCausalLM model)
    {
        Tensor ids = TinyModels.Ids();
        using ModelTurn turn = model.BeginTurn();
        Tensor loss = model.SumLoss(new MicroBatch(ids, ids));
        if (loss.requires_grad)
        {
            loss.backward();
        }
    }

    private static void Train(LlamaForCausalLM model)
    {
        using ModelUse.Reservation run = ModelUse.Of(model).Reserve(trains: true);
        Tensor ids = TinyModels.Ids();
        for (int step = 0; step < 2; step++)
        {
            Tensor loss = model.SumLoss(new MicroBatch(ids, ids));
            if (loss.requires_grad)
            {
                loss.backward();
            }
        }
    }
}
