using System.Globalization;
using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Hardening.Crashes;

/// <summary>Trains an adapter on a tiny Llama and keeps best, last and state after every step; goes on where its files say that it stopped.</summary>
internal static class TrainingVictim
{
    internal const string Ready = "ready";

    /// <summary>Begins the line with the losses of the whole run.</summary>
    internal const string Done = "done ";

    private const int Steps = 60;

    internal static int Run(string folder)
    {
        string source = TestData.Small("fixtures", "models", "llama");
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(source);
        random.manual_seed(3).Dispose();
        var adapter = new Adapter("default", new LoraConfig { Rank = 2, Dropout = 0.1 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);

        var plan = new TrainingPlan
        {
            Epochs = Steps / 10,
            BatchSize = 2,
            LearningRate = 0.01,
            MaxLength = 16,
            EvaluateEvery = 1,
            OutputDirectory = folder,
            Resume = true,
        };
        TrainingData data = TrainingData.FromRows(TrainingLoop.Rows(20)).WithEvaluation(TrainingData.FromRows(TrainingLoop.Rows(4, seed: 9)));
        TrainingResult result = TrainingLoop.Train(model, plan, data, new Announcement());
        Console.WriteLine(Done + string.Join(' ', result.Losses.Select(loss => loss.ToString("R", CultureInfo.InvariantCulture))));
        return 0;
    }

    // Not Progress<T>, which reports from another thread.
    private sealed class Announcement : IProgress<TrainingProgress>
    {
        private bool _made;

        public void Report(TrainingProgress value)
        {
            if (!_made)
            {
                Console.WriteLine(Ready);
                _made = true;
            }
        }
    }
}
