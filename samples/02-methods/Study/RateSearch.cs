using System.Globalization;
using FirstAdapter.Tours;
using Peft.Declarative;

namespace MethodStudy.Study;

/// <summary>
/// Tries learning rates, on another persona than the one that the table is made with, so that no rate is chosen by the answers that are then
/// reported. Runs are as long as those of the table: shorter ones would favour rates that then overfit.
/// </summary>
internal static class RateSearch
{
    /// <summary>Whose voice the rates are searched with.</summary>
    internal const string Persona = "pip";

    /// <summary>Prints a line for each method and rate.</summary>
    /// <param name="arguments">Short names of methods, all if there is none, and rates to try instead of those that the study lists.</param>
    internal static void Run(string[] arguments)
    {
        ILookup<bool, string> isRate = arguments.ToLookup(argument => double.TryParse(argument, CultureInfo.InvariantCulture, out _));
        double[] rates = [.. isRate[true].Select(rate => double.Parse(rate, CultureInfo.InvariantCulture))];
        IEnumerable<Candidate> candidates = isRate[false].Any() ? isRate[false].Select(Candidates.Of) : Candidates.All;
        var room = new Classroom(Classroom.ShippedBase, Persona);
        foreach (Candidate candidate in candidates)
        {
            foreach (double rate in rates is [] ? candidate.Rates : rates)
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
            candidate.Prepare?.Invoke(model, room);
            model.ChangePlan = plan => plan with { LearningRate = rate };
            TrainingResult result = candidate.Train(model, room.Taught, null);
            Exam exam = room.Examine(model);
            return string.Create(CultureInfo.InvariantCulture,
                $"loss {result.Losses.TakeLast(10).Average():F4}  unseen {room.UnseenLoss(model):F4}  content {exam.Content:P1}  voice {exam.InVoice:P1}  both {exam.Full:P1}  {result.Seconds:F0} s");
        }
        catch (PeftException problem)
        {
            return problem.Message;
        }
    }
}
