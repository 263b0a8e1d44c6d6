using FirstAdapter.Tours;
using Peft.Declarative;
using Peft.Declarative.Layers;

namespace MethodStudy.Study;

/// <summary>One run of one method: trained, examined, measured. The memory is the process's, so each trial wants a process of its own.</summary>
/// <param name="candidate">What is tried.</param>
/// <param name="room">Base and persona.</param>
internal sealed class Trial(Candidate candidate, Classroom room)
{
    /// <summary>Runs it.</summary>
    /// <param name="stepRounds">Rounds of the comparison with LoRA's steps; 0 leaves it out.</param>
    internal Measurement Run(int stepRounds)
    {
        Measurement measured;
        try
        {
            measured = TrainAndExamine();
        }
        catch (PeftException refusal)
        {
            return new Measurement { Name = candidate.Name, Title = candidate.Title, Refused = $"{refusal.Id}: {refusal.Message}" };
        }

        if (stepRounds == 0)
        {
            return measured;
        }

        (double milliseconds, double ratio) = StepTimes.Compare(
            candidate, Candidates.Lora, other => other.Load(room.BaseDirectory), room.Taught.Rows, candidate.Plan.BatchSize, stepRounds);
        return measured with { StepMilliseconds = milliseconds, StepRatio = ratio };
    }

    private Measurement TrainAndExamine()
    {
        using CausalLanguageModel model = candidate.Load(room.BaseDirectory);
        TrainingResult result = candidate.Train(model, room.Taught, null);
        long peak = Memory.Peak;
        Exam exam = room.Examine(model);
        return new Measurement
        {
            Name = candidate.Name,
            Title = candidate.Title,
            Trainable = model.TrainableParameters.Sum(parameter => parameter.Value.numel()),
            BaseParameters = room.BaseParameters,
            AdapterBytes = AdapterBytes(model),
            Rate = candidate.Plan.LearningRate,
            Content = exam.Content,
            InVoice = exam.InVoice,
            Full = exam.Full,
            Losses = result.Losses,
            Seconds = result.Seconds,
            PeakBytes = peak,
        };
    }

    private static long AdapterBytes(CausalLanguageModel model)
    {
        string directory = Directory.CreateTempSubdirectory("peft-study-").FullName;
        try
        {
            model.SaveAdapter(directory);

            // AdapterHub's methods write a directory of its library, a union one for each part.
            return Directory.GetFiles(directory, "*.safetensors", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
