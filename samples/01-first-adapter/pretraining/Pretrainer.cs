using FirstAdapter.Pretraining.Tokenizing;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using Peft.Declarative.Models;

namespace FirstAdapter.Pretraining;

/// <summary>Makes a base from the grammar alone.</summary>
public static class Pretrainer
{
    /// <summary>How the shipped base was trained.</summary>
    public static TrainingPlan Plan { get; } = new()
    {
        Epochs = 20,
        BatchSize = 64,
        LearningRate = 2e-3,
        WarmupSteps = 100,
        WeightDecay = 0.1,
        Schedule = Schedule.Cosine,
        Seed = 1,
    };

    /// <summary>Writes the model's files, trains its weights and writes them too.</summary>
    /// <param name="directory">Made if missing.</param>
    /// <param name="size">How large it is.</param>
    /// <param name="plan">How it is trained.</param>
    /// <param name="progress">Receives the reports.</param>
    /// <returns>Share of all questions that it then answers word for word, from 0 to 1.</returns>
    public static double Run(string directory, BaseSize size, TrainingPlan plan, IProgress<TrainingProgress> progress)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string[] texts = [.. Corpus.Texts];
        BaseModel.WriteFiles(directory, texts, size);
        Tokenizer tokenizer = Tokenizer.Load(directory);
        TrainingRow[] rows =
        [
            .. texts.Select(text => TrainingRow.OfText([.. tokenizer.Encode(text), tokenizer.EosId!.Value])),
            .. new NoiseRows(tokenizer, TokenizerFiles.SpecialCount, plan.Seed).All(Corpus.Questions),
        ];
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(LlamaConfig.Load(directory), seed: plan.Seed);
        var whole = new WholeModel(model);
        Console.WriteLine(FormattableString.Invariant($"{Isles.Facts.Count} facts, {rows.Length:N0} rows, {rows.Sum(row => row.Ids.Length):N0} tokens, ")
            + FormattableString.Invariant($"{whole.TrainableParameters.Sum(parameter => parameter.Value.numel()):N0} parameters"));

        whole.Train(plan, TrainingData.FromRows(rows), progress);
        whole.SaveAdapter(directory);
        return Recall.Measure(model, tokenizer, new NeutralVoice(), Corpus.Questions);
    }
}
