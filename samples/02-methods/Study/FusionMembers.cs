using FirstAdapter.World.Voices;
using MethodStudy.Methods;
using Peft.Declarative;

namespace MethodStudy.Study;

/// <summary>What AdapterFusion starts from: each of its bottlenecks has learnt the voice of a persona that is not the one to be learnt.</summary>
internal static class FusionMembers
{
    private static readonly string[] Members = ["first", "second"];

    /// <summary>Trains the bottlenecks of a <see cref="FusionStudent"/>, and leaves the fusion active.</summary>
    internal static void Teach(CausalLanguageModel model, Classroom room)
    {
        var student = (FusionStudent)model;
        Func<TrainingPlan, TrainingPlan>? changed = student.ChangePlan;
        student.ChangePlan = plan => plan with { LearningRate = BottleneckStudent.Plan.LearningRate };
        foreach ((string member, Voice other) in Members.Zip(Voice.Personas.Where(voice => voice.Name != room.Persona)))
        {
            student.Adapters.Activate(member);
            student.Train(new Classroom(room.BaseDirectory, other.Name).Taught);
        }

        student.ChangePlan = changed;
        student.AdapterFusion.Activate();
    }
}
