using FirstAdapter.Tours;
using Peft.Declarative;

namespace MethodStudy.Study;

/// <summary>One run of one method: trained, examined, measured. The memory is the process's, so each trial wants a process of its own.</summary>
/// <param name="candidate">What is tried.</param>
/// <param name="room">Base and persona.</param>
internal sealed class Trial(Candidate candidate, Classroom room)
{
    /// <summary>Runs it.</summary>
    internal Measurement Run()
    {
        try
        {
            return TrainAndExamine();
        }
        catch (PeftException refusal)
        {
            return new Measurement { Name = candidate.Name, Title = candidate.Title, Refused = $"{refusal.Id}: {refusal.Message}" };
        }
    }

    private Measurement TrainAndExamine()
    {
        using CausalLanguageModel model = candidate.Load(room.BaseDirectory);
        double before = LossOfTheBase(model);
        candidate.Prepare?.Invoke(model, room);
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
            UnseenLossBefore = before,
            UnseenLoss = room.UnseenLoss(model),
            Losses = result.Losses,
            Seconds = result.Seconds,
            PeakBytes = peak,
        };
    }

    private double LossOfTheBase(CausalLanguageModel model)
    {
        using IDisposable disabled = model.Adapters.Disabled();
        return room.UnseenLoss(model);
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
