// expect: PEFT* at 5000
// config: gpt2-tiny.json
// run: gpt2-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [BaseConfig("configs/gpt2-tiny.json")] [Training(MaxLength = 5000)] public sealed partial class Persona : Gpt2ForCausalLM;
