using Peft.Declarative;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace MethodStudy.Study;

/// <summary>One declared class of the study.</summary>
/// <param name="Name">Short name, as in file names and on the command line.</param>
/// <param name="Title">Stands in the table.</param>
/// <param name="Plan">What its attribute declares.</param>
/// <param name="Rates">Learning rates that the search tries.</param>
/// <param name="Load">Reads a base and puts the declared adapter on it.</param>
/// <param name="Make">The same on a base with freshly drawn weights.</param>
/// <param name="Train">The generated training.</param>
internal sealed record Candidate(
    string Name,
    string Title,
    TrainingPlan Plan,
    double[] Rates,
    Func<string, CausalLanguageModel> Load,
    Func<LlamaConfig, CausalLanguageModel> Make,
    Func<CausalLanguageModel, TrainingData, IProgress<TrainingProgress>?, TrainingResult> Train)
{
    /// <summary>What comes before the training that is measured; null for nothing.</summary>
    internal Action<CausalLanguageModel, Classroom>? Prepare { get; init; }

    /// <summary>Of a class, by what the generator wrote for it.</summary>
    internal static Candidate Of<TModel>(
        string name,
        string title,
        TrainingPlan plan,
        double[] rates,
        Func<string, Device?, TModel> load,
        Func<LlamaConfig, Device?, int, TModel> make,
        Func<TModel, TrainingData, IProgress<TrainingProgress>?, TrainingResult> train)
        where TModel : CausalLanguageModel =>
        new(name, title, plan, rates, directory => load(directory, null), config => make(config, null, 1), (model, data, progress) => train((TModel)model, data, progress));
}
