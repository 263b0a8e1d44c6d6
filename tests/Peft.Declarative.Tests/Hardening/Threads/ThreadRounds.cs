using System.Collections.Concurrent;
using Peft.Declarative.Adapters;
using Peft.Declarative.Generation;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Adapters;
using Peft.Declarative.Tests.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Hardening.Threads;

/// <summary>
/// Rounds of changes to a model beside a thread that computes with it. A round ends with right results or with a PeftException; libtorch would end the
/// process if memory were freed while it computes. What is generated is the answer from before the change or from after it, and nothing in between.
/// </summary>
internal static class ThreadRounds
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);
    private static readonly LlamaConfig Config = TinyModels.LlamaConfig with
    {
        LayerCount = 1,
        HiddenSize = 16,
        IntermediateSize = 16,
        HeadSize = 4,
        HeadCount = 4,
        Rotary = new([1, 0.1]),
    };

    private static readonly ThreadLocal<string?> Generated = new();

    // An adapter of another seed, for all rounds.
    private static readonly Lazy<string> Saved = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("peft-threads-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        using LlamaForCausalLM model = Personas.On(LlamaForCausalLM.FromConfig(Config), "saved");
        model.SaveAdapter(folder);
        return folder;
    });

    private static readonly (string Name, Action<LlamaForCausalLM> Do)[] Changes =
    [
        ("merge", model => model.Merge()),
        ("unmerge", model => model.Unmerge()),
        ("remove", model => model.Adapters.Remove("b")),
        ("attach", model => model.Adapters.Attach(new Adapter("c", new LoraConfig { Rank = 2, Targets = ["q_proj"] }))),
        ("activate", model => model.Adapters.Activate("b")),
        ("load", model => model.LoadAdapter(Saved.Value, name: "d")),
        ("disable", model => model.Adapters.Disabled().Dispose()),
        ("quantize", model => model.Quantize(new QuantizationSettings { BlockSize = 64 })),
        ("dequantize", model => model.Dequantize()),
        ("precision", model => model.Use(Precision.BFloat16)),
        ("move", model => model.to(ScalarType.Float64)),
        ("turn", model => model.BeginTurn("b").Dispose()),
        ("turn of a flow", model => model.BeginTurnAsync("b").GetAwaiter().GetResult().Dispose()),
        ("dispose", model => model.Dispose()),
    ];

    private static readonly (string Name, Action<LlamaForCausalLM> Do)[] Computations =
    [
        ("generate", model => Generated.Value = Generate(model)),
        ("forward", Forward),
        ("loss", Loss),
        ("train", Train),
        ("run", Run),
    ];

    /// <summary>Runs rounds over all pairs of a change and a computation, and gives what went wrong.</summary>
    internal static IReadOnlyList<string> Run(int rounds)
    {
        ConcurrentBag<string> failures = [];
        Dictionary<string, HashSet<string>> answers = Changes.ToDictionary(change => change.Name, Answers);
        for (int round = 0; round < rounds; round++)
        {
            (string Name, Action<LlamaForCausalLM> Do) change = Changes[round % Changes.Length];
            (string Name, Action<LlamaForCausalLM> Do) computation = Computations[round / Changes.Length % Computations.Length];
            LlamaForCausalLM model = Model();
            using var start = new Barrier(2);
            var beside = new Thread(() =>
            {
                start.SignalAndWait();
                Generated.Value = null;
                Attempt(computation, model, failures);
                if (Generated.Value is { } answer && !answers[change.Name].Contains(answer))
                {
                    failures.Add($"{change.Name}: generated {answer}, but right are {string.Join(" and ", answers[change.Name])}");
                }
            })
            { IsBackground = true };
            beside.Start();
            start.SignalAndWait();
            Thread.SpinWait(round * 37 % 20_000);
            Attempt(change, model, failures);
            if (!beside.Join(Hang))
            {
                return [.. failures, $"{change.Name} beside {computation.Name} hangs"];   // the thread ends with the process
            }

            model.Dispose();
        }

        return [.. failures];
    }

    private static LlamaForCausalLM Model() => Personas.On(LlamaForCausalLM.FromConfig(Config), "b", "a");

    // While adapters are disabled others may compute: the base answers, too.
    private static HashSet<string> Answers((string Name, Action<LlamaForCausalLM> Do) change)
    {
        using LlamaForCausalLM model = Model();
        HashSet<string> answers = [Generate(model)];
        if (change.Name == "disable")
        {
            using IDisposable disabled = model.Adapters.Disabled();
            answers.Add(Generate(model));
        }
        else if (change.Name != "dispose")
        {
            Attempt(change, model, []);
            answers.Add(Generate(model));
        }

        return answers;
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

    private static string Generate(LlamaForCausalLM model)
    {
        using DisposeScope scope = NewDisposeScope();
        return string.Join(' ', new TextGenerator(model).Generate(TinyModels.Ids(), options: new GenerationOptions { MaxNewTokens = 4 }).data<long>());
    }

    private static void Run(LlamaForCausalLM model) => TrainingLoop.Train(
        model, new TrainingPlan { Epochs = 1, BatchSize = 2 }, TrainingData.FromRows([TrainingRow.OfText([5, 9, 13]), TrainingRow.OfText([7, 40, 22]), TrainingRow.OfText([3, 8])]));

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
            using DisposeScope scope = NewDisposeScope();
            Tensor loss = model.SumLoss(new MicroBatch(ids, ids));
            if (loss.requires_grad)
            {
                loss.backward();
            }
        }
    }
}
