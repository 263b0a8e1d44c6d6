using System.Text.Json;
using Peft.Declarative;

namespace MethodStudy.Study;

/// <summary>The step times of the study: taken alone, after all trials, with all of the machine's cores.</summary>
/// <param name="file">Where they are kept, those of earlier runs too.</param>
internal sealed class StepClock(string file)
{
    private const int BatchSize = 16;
    private const int Rounds = 5;

    /// <summary>Ratios to LoRA's by short name; empty before the first run.</summary>
    internal IReadOnlyDictionary<string, double> Ratios => Known.ToDictionary(time => time.Name, time => time.Ratio);

    private IEnumerable<StepTime> Known => File.Exists(file) ? JsonSerializer.Deserialize<StepTime[]>(File.ReadAllText(file))! : [];

    /// <summary>Measures these against LoRA, and keeps what is known of the others.</summary>
    internal void Run(IEnumerable<string> names)
    {
        Candidate[] candidates = [Candidates.Lora, .. names.Where(name => name != Candidates.Lora.Name).Select(Candidates.Of).Where(IsAccepted)];
        var room = new Classroom(Classroom.ShippedBase, TrialProcess.Persona);
        IReadOnlyList<StepTime> measured = StepTimes.Measure(candidates, candidate => candidate.Load(room.BaseDirectory), room.Taught.Rows, BatchSize, Rounds);
        IEnumerable<StepTime> kept = Known.Where(time => measured.All(other => other.Name != time.Name));
        File.WriteAllText(file, JsonSerializer.Serialize<StepTime[]>([.. measured, .. kept]));
    }

    // What the base refuses has no step.
    private static bool IsAccepted(Candidate candidate)
    {
        try
        {
            candidate.Load(Classroom.ShippedBase).Dispose();
            return true;
        }
        catch (PeftException)
        {
            return false;
        }
    }
}
