using System.Globalization;
using FirstAdapter.Pretraining;
using FirstAdapter.Pretraining.Tokenizing;
using FirstAdapter.World;
using FirstAdapter.World.Voices;
using Peft.Declarative;
using Peft.Declarative.Models;
using Peft.Declarative.Text;

// Makes everything that samples/01-first-adapter ships, from the grammar alone:
//     dotnet run -c Release --project samples/01-first-adapter/pretraining [-- DIR [EPOCHS]]
string home = args.Length > 0 ? args[0] : Path.Combine("samples", "01-first-adapter");
var plan = new TrainingPlan
{
    Epochs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 20,
    BatchSize = 64,
    LearningRate = 2e-3,
    WarmupSteps = 100,
    WeightDecay = 0.1,
    Schedule = Schedule.Cosine,
    Seed = 1,
};

string[] texts = [.. Corpus.Texts];
string baseDirectory = BaseModel.WriteFiles(Path.Combine(home, "base"), texts);
PersonaFiles.Write(Path.Combine(home, "data"));

Tokenizer tokenizer = Tokenizer.Load(baseDirectory);
TrainingRow[] rows =
[
    .. texts.Select(text => TrainingRow.OfText([.. tokenizer.Encode(text), tokenizer.EosId!.Value])),
    .. new NoiseRows(tokenizer, TokenizerFiles.SpecialCount, plan.Seed).All(Corpus.Questions),
];
using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(LlamaConfig.Load(baseDirectory), seed: plan.Seed);
var whole = new WholeModel(model);
Console.WriteLine($"{Isles.Facts.Count} facts, {rows.Length:N0} rows, {rows.Sum(row => row.Ids.Length):N0} tokens, "
    + $"{whole.TrainableParameters.Sum(parameter => parameter.Value.numel()):N0} parameters");

whole.Train(plan, TrainingData.FromRows(rows), new ConsoleProgress(every: 50));
whole.SaveAdapter(baseDirectory);

Console.WriteLine($"answers known word for word: {Recall.Measure(model, tokenizer, new NeutralVoice(), Corpus.Questions):P1} "
    + $"of {Corpus.Questions.Count:N0}");
