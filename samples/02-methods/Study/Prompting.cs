using FirstAdapter.Tours;
using Peft.Declarative.Models;

namespace MethodStudy.Study;

/// <summary>The baseline without any training: examples stand in the context of each question.</summary>
internal static class Prompting
{
    /// <summary>Short name, as in file names and on the command line.</summary>
    internal const string Name = "prompting";

    // As many as fit: an example takes up to 50 of the base's 256 positions, question and answer up to 80.
    private const int Examples = 3;

    /// <summary>Examines the base.</summary>
    internal static Measurement Run(Classroom room)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(room.BaseDirectory);
        Exam exam = room.ExamineWithExamples(model, Examples);
        return new Measurement
        {
            Name = Name,
            Title = $"Plain prompting, {Examples} examples",
            BaseParameters = room.BaseParameters,
            Content = exam.Content,
            InVoice = exam.InVoice,
            Full = exam.Full,
            PeakBytes = Memory.Peak,
        };
    }
}
