using System.Globalization;
using FirstAdapter.Tours;
using Peft.Declarative;
using Peft.Declarative.Layers;

namespace MethodStudy.Study;

/// <summary>
/// Tries learning rates, on another persona than the one that the table is made with, so that no rate is chosen by the answers that are then
/// reported. Runs are half as long and the exam is half the questions, which is enough to tell rates apart that differ threefold.
/// </summary>
internal static class RateSearch
{
    /// <summary>Whose voice the rates are searched with.</summary>
    internal const string Persona = "pip";

    private const int Questions = 64;

    /// <summary>Prints a line for each method and rate.</summary>
    internal static void Run(IEnumerable<Candidate> candidates)
    {
        var room = new Classroom(Classroom.ShippedBase, Persona);
        foreach (Candidate candidate in candidates)
        {
            foreach (double rate in candidate.Rates)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{candidate.Name,-16} {rate,8:0.0e+0}  {Try(candidate, room, rate)}"));
            }
        }
    }

    private static string Try(Candidate candidate, Classroom room, double rate)
    {
        try
        {
            using CausalLanguageModel model = candidate.Load(room.BaseDirectory);
            model.ChangePlan = plan => plan with { LearningRate = rate, Epochs = Math.Max(1, plan.Epochs / 2) };
            TrainingResult result = candidate.Train(model, room.Taught, null);
            Exam exam = room.Examine(model, Questions);
            return string.Create(CultureInfo.InvariantCulture,
                $"loss {result.Losses.TakeLast(10).Average():F4}  content {exam.Content:P0}  voice {exam.InVoice:P0}  both {exam.Full:P0}  {result.Seconds:F0} s");
        }
        catch (PeftException problem)
        {
            return problem.Message;
        }
    }
}
