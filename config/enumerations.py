"""What the enumerations of the API are called in its description, where their fields alone would not say."""

ENUM_NAMES: dict[str, str] = (
    {
        "AlarmKindEnum": "patrols.states.safety.AlarmKind",
        "AlarmStatusEnum": "patrols.states.safety.AlarmStatus",
        "CheckKindEnum": "patrols.states.safety.CheckKind",
        "AppointmentKindEnum": "accounts.states.AppointmentKind",
        "AppointmentStatusEnum": "accounts.states.AppointmentStatus",
        "OrganizationKindEnum": "accounts.models.OrganizationKind",
        "PartEnum": "patrols.states.availability.Part",
        "CompanionKindEnum": "patrols.states.companions.CompanionKind",
        "CompanionStatusEnum": "patrols.states.companions.CompanionStatus",
        "RequestStatusEnum": "patrols.states.requests.RequestStatus",
        "SwapStatusEnum": "patrols.states.swaps.SwapStatus",
    }
    | {
        f"{name}Enum": f"patrols.states.{name}"
        for name in (
            "JoiningStatus",
            "PatrolKind",
            "ShiftStatus",
            "SignupStatus",
            "PatrolStatus",
            "SafetyReason",
            "LogKind",
            "OverrideReason",
            *("ManualReason", "SkipReason", "VisitMethod", "CrewRole", "StayHomeReason"),
            *("Attendance", "CorrectionReason", "ObjectionStatus"),
            *("EquipmentKind", "EquipmentSource", "Condition", "LossReason", "NoteStatus"),
        )
    }
    | {
        f"{name}Enum": f"programs.states.{name}"
        for name in (
            *("CohortStatus", "ListStatus", "EnrollmentStatus", "EndReason", "ConsentKind", "ConsentStatus"),
            *("AttendanceState", "DocumentKind", "Relationship", "Language", "ReadingReason"),
        )
    }
    | {
        f"{name}Enum": f"incidents.states.{name}"
        for name in (
            *("ReportStatus", "Confidentiality", "EntryKind", "MapPolicy", "Behavior"),
            *("ArrestStatus", "ArrestEntryKind"),
        )
    }
)
